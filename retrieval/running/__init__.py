"""A model name -> something that runs on this machine: files, graph, processor, gpu."""

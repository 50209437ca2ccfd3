"""A model's name -> rows of numbers for texts: its files, its graph, and what runs it here."""

"""The door: HTTP and command line.

server.py starts app.py, which joins routes/ (one file a resource) behind gate/ (keys, limits,
sizes); cli.py joins commands/ (one file a command). Both ask service.py, which holds the corpus and
the models; running.py and batching.py bring claims to the models in an order. schemas/ is the JSON
of requests and answers; keys/ and audit/ are what their names say; client/ asks a running service.
"""

"""A document's way: file -> document -> passages -> vectors -> corpus."""

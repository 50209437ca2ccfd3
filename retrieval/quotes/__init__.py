"""A quotation -> where the archive has it, whether its words are the same, and who says them.

The files in reading order:

find.py     the way in: the documents that may have it, and the answer
text.py     words as a quotation is compared by; the direct quotations of a text
align.py    where the words stand in a document, and what differs; match.py: what that means
speaker.py  who says the words; beside.py: clauses next to a quotation; names.py: is it the same one
"""

"""The stance model's way: labelled pairs -> mix -> fine-tuned cross-encoder -> shipped weights."""

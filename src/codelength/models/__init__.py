"""Networks as codes (PyTorch, the extra `torch`): transformers, convolutional classifiers, and how they are trained."""

"""The PyTorch side of the comparisons: the same networks, data and update rules."""

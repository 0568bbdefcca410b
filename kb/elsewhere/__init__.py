"""What is asked of other sites: whether they do what readers rely on, and the datasets that are taken from them."""

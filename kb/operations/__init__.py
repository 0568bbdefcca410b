"""For whoever runs a site: whether it is well, and what to do where it is not; and how it is used, without people."""

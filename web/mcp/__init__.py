"""Language-model tools, by the Model Context Protocol: the endpoint, its tools, and what they answer."""

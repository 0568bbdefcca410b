"""What each request leaves: an id to quote, counts for a monitor, a line of the access log; and checks of health."""

"""What is asked of a snapshot: resources and their labels, lists, the site's own questions, and a stranger's query.

The site's own queries stand in `.rq` files, run as they are, and are bound by `kb.ask.binding`. Everything here reads;
nothing writes, and nothing knows HTTP.
"""

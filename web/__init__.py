"""HTTP: what `kb.ask` knows, as pages and data. Negotiation and errors have one place each; a module per errand.

The application is made in `web.site`; the command imports it only to serve, so that its other verbs start at once, and
so do the processes of strangers' queries, which import what the command does.
"""

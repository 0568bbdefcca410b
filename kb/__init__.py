"""The knowledge base: what areas publish, checked against data protocols, stored, and asked.

Data flows one way through the rooms: intake (files become a graph) → protocols (the graph is checked)
→ store (what is accepted is archived, stored and put in a snapshot) → ask (snapshots are read).
Nothing here knows an HTTP server; `web` reads from here and is never imported.
"""

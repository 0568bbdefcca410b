"""Replicas: data folders that hold copies of another one's snapshots and of what is public of its releases.

`staging` brings what is new, from a folder or by rsync; `copying` shows it; `read_only` keeps all others from writing.
"""

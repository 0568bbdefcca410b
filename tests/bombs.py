"""Queries that would take hours, or all memory."""


def product(factors: int) -> str:
    """A pattern with ten to this power rows."""
    return " ".join(f"VALUES ?{name} {{ 0 1 2 3 4 5 6 7 8 9 }}" for name in "abcdefghijkl"[:factors])


BOMBS = {
    "cartesian": f"SELECT (COUNT(*) AS ?n) {{ {product(12)} }}",
    "order": f"SELECT * {{ {product(9)} }} ORDER BY ?a ?i",
    "distinct": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {{ {product(9)} }} }}",
    "group": f"SELECT ?a ?b ?c ?d ?e ?f ?g ?h (COUNT(*) AS ?n) {{ {product(9)} }} GROUP BY ?a ?b ?c ?d ?e ?f ?g ?h",
    "path": "SELECT (COUNT(*) AS ?n) { ?s (!<x:a>|^!<x:b>)* ?o . ?a (!<x:c>|^!<x:d>)* ?b . ?c (!<x:e>|^!<x:f>)* ?d }",
    "concatenated": f"SELECT (GROUP_CONCAT(?x) AS ?y) {{ {product(8)} BIND (CONCAT('{'x' * 2000}', STR(?a)) AS ?x) }}",
    "exists": f"ASK {{ {product(8)} FILTER NOT EXISTS {{ {product(9)} FILTER (?i >= 0) }} }}",
}
"""Kind → a query that would take hours, or all memory."""

HUGE = f"SELECT * {{ {product(8)} }}"
"""Rows without end, within the limit of time."""

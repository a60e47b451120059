"""Asks a parquet file by SQL, joins it with a pandas table, reads the answer back as a table."""

import json
import os
import tempfile

import duckdb
import pandas as pd

os.chdir(tempfile.mkdtemp())
sales = pd.DataFrame({"town": ["Ulm", "Bonn", "Ulm", "Jena"], "price": [2.5, 4.0, 1.5, 8.0]})
towns = pd.DataFrame({"town": ["Ulm", "Bonn", "Jena"], "land": ["BW", "NW", "TH"]})
sales.to_parquet("sales.parquet")
query = """
    select land, sum(price) as total, count(*) as rows
    from 'sales.parquet' join towns using (town)
    group by land order by total desc, land
"""
found = duckdb.sql(query).df()
theirs = sales.merge(towns).groupby("land").price.sum()
print(
    json.dumps(
        {
            "rows": found.to_dict("records"),
            "as_pandas": bool((found.set_index("land").total.sort_index() == theirs).all()),
        }
    )
)

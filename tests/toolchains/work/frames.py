"""Cleans one table with pandas and polars and sends it through parquet from one to the other."""

import io
import json
import tempfile
from pathlib import Path

import pandas
import polars
import pyarrow.parquet

CSV = """day,town,price,count
2026-01-05,Ulm,3.5,2
2026-01-06,Köln,,4
2026-01-06,Ulm,1.25,8
2026-01-07,Köln,9.0,1
"""

table = pandas.read_csv(io.StringIO(CSV), parse_dates=["day"])
table["town"] = table["town"].astype("category")
table["price"] = table["price"].fillna(table["price"].mean())
with tempfile.TemporaryDirectory() as folder:
    file, second = Path(folder) / "a.parquet", Path(folder) / "b.parquet"
    table.to_parquet(file)
    frame = polars.read_parquet(file)
    frame.write_parquet(second)
    arrow = pyarrow.parquet.read_table(second)
    back = pandas.read_parquet(second)
back["town"] = back["town"].astype(str).astype("category")
equal = back[["town", "price", "count"]].equals(table[["town", "price", "count"]])
sums = frame.group_by("town").agg((polars.col("price") * polars.col("count")).sum().alias("sum"))
grouped = (table["price"] * table["count"]).groupby(table["town"], observed=True).sum()
print(
    json.dumps(
        {
            "equal": bool(equal and (back["day"] == table["day"]).all()),
            "rows": arrow.num_rows,
            "columns": arrow.column_names,
            "polars": {row["town"]: round(row["sum"], 6) for row in sums.to_dicts()},
            "pandas": {town: round(value, 6) for town, value in grouped.items()},
        }
    )
)

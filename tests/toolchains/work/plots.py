"""Draws with matplotlib, seaborn and plotly, and looks at what came out."""

import io
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot
import numpy
import pandas
import plotly.graph_objects
import seaborn


def pixels(figure):
    """Size, colours and inked share of a figure, read back from its PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    plot.close(figure)
    image = plot.imread(io.BytesIO(file.getvalue()))[..., :3]
    points = image.reshape(-1, 3)
    return {
        "bytes": file.tell(),
        "shape": list(image.shape),
        "colours": len(numpy.unique(points, axis=0)),
        "red": int(((points[:, 0] > 0.9) & (points[:, 1:] < 0.2).all(axis=1)).sum()),
        "inked": float((points < 0.95).any(axis=1).mean()),
    }


line, axes = plot.subplots(figsize=(4, 3))
axes.fill_between([0, 1], [0, 0], [1, 1], color="#ff0000")
axes.set_title("Größe ∑ Ω")
table = pandas.DataFrame({"x": numpy.repeat(list("abc"), 30), "y": numpy.arange(90) % 7})
box, axes = plot.subplots(figsize=(4, 3))
seaborn.boxplot(table, x="x", y="y", hue="x", ax=axes)
chart = plotly.graph_objects.Figure(plotly.graph_objects.Bar(x=["a", "b"], y=[1, 3]))
page = chart.to_html(include_plotlyjs=True)
print(
    json.dumps(
        {
            "matplotlib": pixels(line),
            "seaborn": pixels(box),
            "plotly": {
                "bytes": len(page),
                "data": json.loads(chart.to_json())["data"][0]["y"],
                "draws": "Plotly.newPlot" in page,
                "from_network": "<script src=" in page,
            },
        }
    )
)

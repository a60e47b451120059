"""Draws circles, writes and reads a PNG, blurs, finds them again; prints where and how large."""

import json
import os
import tempfile

import cv2
import numpy as np

os.chdir(tempfile.mkdtemp())
drawn = [(60, 50, 20), (200, 120, 35)]
picture = np.full((180, 280), 30, np.uint8)
for x, y, radius in drawn:
    cv2.circle(picture, (x, y), radius, 220, thickness=-1, lineType=cv2.LINE_AA)
cv2.imwrite("circles.png", picture)
read = cv2.imread("circles.png", cv2.IMREAD_GRAYSCALE)
blurred = cv2.GaussianBlur(read, (5, 5), 1.5)
found = cv2.HoughCircles(
    blurred, cv2.HOUGH_GRADIENT, dp=1, minDist=40, param1=120, param2=20, minRadius=10, maxRadius=60
)
circles = [] if found is None else sorted([round(float(n), 1) for n in each] for each in found[0])
print(
    json.dumps(
        {
            "same_picture": bool(np.array_equal(read, picture)),
            "drawn": drawn,
            "found": circles,
            "shape": list(read.shape),
        }
    )
)

# Draws with ggplot2 into a PNG, reads it back and counts what is in it.

library(ggplot2)
file <- tempfile(fileext = ".png")
chart <- ggplot(mtcars, aes(wt, mpg, colour = factor(cyl))) +
  geom_point(size = 3) +
  geom_smooth(method = "lm", formula = y ~ x, se = FALSE) +
  annotate("rect", xmin = 4, xmax = 5, ymin = 25, ymax = 35, fill = "#ff0000")
suppressMessages(ggsave(file, chart, width = 4, height = 3, dpi = 80))

image <- png::readPNG(file)[, , 1:3]
points <- matrix(image, ncol = 3)
cat(jsonlite::toJSON(list(
  shape = dim(image),
  colours = nrow(unique(points)),
  red = sum(points[, 1] > 0.9 & points[, 2] < 0.2 & points[, 3] < 0.2)
), auto_unbox = TRUE))

# Joins and sums one table with dplyr, with data.table and in SQLite; prints all three answers.

suppressPackageStartupMessages({
  library(dplyr)
  library(data.table)
})
sales <- data.frame(town = c("Ulm", "Bonn", "Ulm", "Bonn", "Kiel"), count = c(1, 2, 3, NA, 5))
towns <- data.frame(town = c("Ulm", "Bonn"), land = c("BW", "NW"))
file <- tempfile(fileext = ".csv")
readr::write_csv(sales, file)

tidy <- readr::read_csv(file, show_col_types = FALSE) |>
  inner_join(towns, by = "town") |>
  group_by(land) |>
  summarise(sum = sum(count, na.rm = TRUE), rows = n()) |>
  arrange(land)

quick <- fread(file)[as.data.table(towns), on = "town"][
  , .(sum = sum(count, na.rm = TRUE), rows = .N), keyby = land]

base <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
DBI::dbWriteTable(base, "sales", sales)
DBI::dbWriteTable(base, "towns", towns)
asked <- DBI::dbGetQuery(base, "SELECT land, sum(count) AS sum, count(*) AS rows
  FROM sales JOIN towns USING (town) GROUP BY land ORDER BY land")
DBI::dbDisconnect(base)

cat(jsonlite::toJSON(list(
  dplyr = tidy, data.table = quick, sqlite = asked,
  long = nrow(tidyr::pivot_longer(tidy, c(sum, rows)))
), digits = NA))

# Groups and joins a table with DataFrames; prints what came of it.

using DataFrames

sales = DataFrame(land = ["BW", "NW", "BW", "NW"], n = [1, 2, 3, 0])
names = DataFrame(land = ["BW", "NW", "BY"], long = ["Baden", "North", "Bavaria"])
sums = combine(groupby(innerjoin(sales, names, on = :land), :long, sort = true), :n => sum => :n)
println("{\"long\": [", join(repr.(sums.long), ", "), "], \"n\": [", join(sums.n, ", "), "]}")

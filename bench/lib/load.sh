# Runs of the load generator, and their figures.

generator=bench/LoadGenerator/bin/Release/net10.0/Orleans.Mail.LoadGenerator.dll
figures= cpu_ticks=0 sent=0

# load MODE OPTIONS: leaves the JSON figures in `figures` and the server's CPU ticks in `cpu_ticks`.
load() {
    local before
    before=$(server_cpu)
    figures=$(dotnet "$generator" "$@" --json) || fail "$* : $figures"
    cpu_ticks=$(($(server_cpu) - before))
}

# figure NAME: a number of the last load; 0 when it has none.
figure() {
    local value
    value=$(grep -o "\"$1\":[0-9.]*" <<<"$figures") || value=:0
    echo "${value##*:}"
}

# calculate EXPRESSION: by awk, with two decimals.
calculate() {
    awk "BEGIN { printf \"%.2f\", $1 }"
}

# cpu_per_1000 NAME: server CPU seconds for each 1000 of a figure of the last load.
cpu_per_1000() {
    awk -v ticks="$cpu_ticks" -v hz="$(getconf CLK_TCK)" -v count="$(figure "$1")" \
        'BEGIN { printf "%.3f", count ? ticks / hz * 1000 / count : 0 }'
}

add_users() {
    load setup --target "$management" --users "$1" "${@:2}"
}

# send CONNECTIONS PER_CONNECTION MESSAGES OPTIONS: an SMTP load; adds what was accepted to `sent`.
send() {
    load smtp --target "$smtp" --connections "$1" --per-connection "$2" --messages "$3" --seconds 300 "${@:4}"
    sent=$((sent + $(figure accepted)))
    (($(figure accepted) > 0)) || fail "no message was accepted"
}

# start_sink MESSAGES [PORT]: a server that takes mail from ours; ends when so many different messages have come. Sets sink.
start_sink() {
    dotnet "$generator" sink --messages "$1" --port "${2:-0}" --seconds 300 --json >"$work/sink" &
    sink_pid=$!
    until grep -q '^listening: ' "$work/sink" || ! kill -0 "$sink_pid" 2>/dev/null; do sleep 0.1; done
    sink=$(sed -n 's/^listening: //p' "$work/sink")
}

# await_sink: the figures of the sink, and the server's CPU ticks since `cpu_since`.
await_sink() {
    wait "$sink_pid" || fail "not every message reached the sink: $(<"$work/sink")"
    figures=$(tail -n 1 "$work/sink")
    cpu_ticks=$(($(server_cpu) - cpu_since))
}

# check_delivered USERS: every message that was accepted since the start stands in a mailbox.
check_delivered() {
    load pop3 --target "$pop3" --connections 8 --sessions "$1" --users "$1" --operations stat
    (($(figure stat_total) == sent)) || fail "$sent messages were accepted, $(figure stat_total) are in the mailboxes"
}

fail() {
    failed=true
    echo "FAILED: $*" >&2
}

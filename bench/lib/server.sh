# The server under test: start, stop, what it costs.

server=src/Silo/bin/Release/net10.0/Orleans.Mail.Silo.dll
server_pid= smtp= pop3= management= submission=
server_settings=()   # further parameters for start_server, NAME=value

# start_server FOLDER: runs the server on the data in FOLDER, sets smtp, pop3, management and submission to its addresses.
start_server() {
    local log=$work/server.log line=
    mkdir -p "$1"
    : >"$log"
    DOTNET_ENVIRONMENT=Production PORT_SMTP=0 PORT_POP3=0 PORT_REMT=0 PORT_SUBMISSION=0 Gateway__Bind=127.0.0.1 Storage__Path=$1 \
        env "${server_settings[@]}" dotnet "$server" >"$log" 2>&1 &
    server_pid=$!
    for ((tenths = 0; tenths < 600; tenths++)); do
        line=$(grep -m 1 '^ready: ' "$log") && break
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.1
    done
    if [[ ! $line =~ smtp=([^ ]+)\ pop3=([^ ]+)\ management=([^ ]+) ]]; then
        echo "the server did not get ready; its last lines:" >&2
        tail -n 20 "$log" >&2
        exit 1
    fi
    smtp=${BASH_REMATCH[1]} pop3=${BASH_REMATCH[2]} management=${BASH_REMATCH[3]}
    [[ ! $line =~ submission=([^ ]+) ]] || submission=${BASH_REMATCH[1]}
}

# stop_server: SIGTERM, and SIGKILL after 40 s. Fails unless the server ended by itself with 0.
stop_server() {
    [[ -n $server_pid ]] || return 0
    local pid=$server_pid
    server_pid=
    kill -TERM "$pid" 2>/dev/null || true
    for ((tenths = 0; tenths < 400; tenths++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid"
}

# server_cpu: CPU time of the server since its start, in clock ticks (user and kernel).
server_cpu() {
    local stat
    stat=$(<"/proc/$server_pid/stat")
    read -ra stat <<<"${stat##*) }"
    echo $((stat[11] + stat[12]))
}

# server_memory FIELD: VmRSS or VmHWM (its peak) of the server in KB.
server_memory() {
    awk -v field="$1:" '$1 == field { print $2 }' "/proc/$server_pid/status"
}

# The scenarios. Each finds a fresh server and records figures; `n FULL SMOKE` chooses the amount.

SCENARIOS="smtp-c1-k20 smtp-c20-k1 smtp-c20-k20 smtp-c100-k20 smtp-tls smtp-auth smtp-alias relay-5k relay-100k pop3-stat pop3-retr big-mailbox idle mailboxes"
SMOKE_SCENARIOS="smtp-alias smtp-auth relay-5k smtp-c20-k20 pop3-retr big-mailbox idle"

n() {
    if $smoke; then echo "$2"; else echo "$1"; fi
}

# record TABLE ROW COLUMN VALUE
record() {
    printf '%s\t%s\t%s\t%s\n' "$@" >>"$results"
}

record_smtp() {
    record SMTP "$1" "accepted/s" "$(figure msgs_per_s)"
    record SMTP "$1" "end of data p50 ms" "$(figure eod_p50_ms)"
    record SMTP "$1" "p99 ms" "$(figure eod_p99_ms)"
    record SMTP "$1" "max ms" "$(figure eod_max_ms)"
    record SMTP "$1" "server CPU s per 1000" "$(cpu_per_1000 accepted)"
    record SMTP "$1" "errors" "$(figure errors)"
}

record_pop3() {
    record POP3 "$1" "sessions/s" "$(figure sessions_per_s)"
    record POP3 "$1" "messages/s" "$(figure retr_per_s)"
    record POP3 "$1" "MB/s" "$(figure mb_per_s)"
    record POP3 "$1" "session p50 ms" "$(figure session_p50_ms)"
    record POP3 "$1" "p99 ms" "$(figure session_p99_ms)"
    record POP3 "$1" "server CPU s per 1000 sessions" "$(cpu_per_1000 sessions)"
    record POP3 "$1" "errors" "$(figure errors)"
}

# Warmed up far enough that the code is compiled and the store's log is written over, not extended.
smtp_scenario() {
    local users
    users=$(n 100 20)
    sent=0
    add_users "$users"
    send 20 20 "$(n 20000 200)" --users "$users"
    send "$1" "$2" "$3" --users "$users"
    record_smtp "5 KB, c$1 k$2"
    check_delivered "$users"
}

scenario_smtp_c1_k20() { smtp_scenario 1 20 "$(n 10000 100)"; }
scenario_smtp_c20_k1() { smtp_scenario 20 1 "$(n 30000 100)"; }
scenario_smtp_c20_k20() { smtp_scenario 20 20 "$(n 60000 400)"; }
scenario_smtp_c100_k20() { smtp_scenario 100 20 "$(n 60000 2000)"; }

# The certificate is the one that the server makes in Development (ECDSA P-256); sessions are resumed.
scenario_smtp_tls() {
    local users
    users=$(n 100 20)
    sent=0
    stop_server || fail "the server did not end well"
    server_settings=(DOTNET_ENVIRONMENT=Development)
    start_server "$work/data"
    add_users "$users"
    send 20 20 "$(n 20000 200)" --users "$users"
    send 20 20 "$(n 10000 200)" --users "$users" --tls starttls
    send 20 20 "$(n 30000 400)" --users "$users"
    record_smtp "5 KB, c20 k20, plaintext"
    send 20 20 "$(n 30000 400)" --users "$users" --tls starttls
    record_smtp "5 KB, c20 k20, STARTTLS, TLS 1.3"
    check_delivered "$users"
    server_settings=()
}

# The same mailboxes, each by its own name and by an alias in another domain.
scenario_smtp_alias() {
    local users
    users=$(n 100 20)
    sent=0
    add_users "$users" --aliases alias.test
    send 20 20 "$(n 20000 200)" --users "$users"
    send 20 20 "$(n 30000 200)" --users "$users"
    record_smtp "5 KB, c20 k20, to users"
    send 20 20 "$(n 30000 200)" --users "$users" --domain alias.test
    record_smtp "5 KB, c20 k20, to aliases of them"
    check_delivered "$users"
}

# The same users without and with a login, on the submission port; the passwords are verified before.
scenario_smtp_auth() {
    local users login
    users=$(n 100 20)
    sent=0
    add_users "$users"
    send 20 20 "$(n 20000 200)" --users "$users"
    smtp=$submission send 20 1 "$users" --users "$users" --login plain
    send 20 20 "$(n 30000 200)" --users "$users"
    record_smtp "5 KB, c20 k20, no login"
    for login in plain scram; do
        smtp=$submission send 20 20 "$(n 30000 200)" --users "$users" --login $login
        record_smtp "5 KB, c20 k20, AUTH $login"
    done
    check_delivered "$users"
}

# From the first to the last message at the sink: accepted, queued durably, sent on and finished.
relay_scenario() {
    local size=$1 messages=$2 warm=$3 cpu_since
    start_sink "$warm"
    stop_server || fail "the server did not end well"
    server_settings=(Relay__SmartHost="$sink")
    start_server "$work/data"
    cpu_since=$(server_cpu)
    send 20 20 "$warm" --domain far.test --size "$size"
    await_sink
    start_sink "$messages" "${sink##*:}"
    cpu_since=$(server_cpu)
    send 20 20 "$messages" --domain far.test --size "$size"
    record Relay "$(calculate "$size / 1024") KB, c20 k20" "accepted/s" "$(figure msgs_per_s)"
    await_sink
    record Relay "$(calculate "$size / 1024") KB, c20 k20" "arrived/s" "$(figure msgs_per_s)"
    record Relay "$(calculate "$size / 1024") KB, c20 k20" "server CPU s per 1000" "$(calculate "$cpu_ticks / $(getconf CLK_TCK) * 1000 / $messages")"
    record Relay "$(calculate "$size / 1024") KB, c20 k20" "repeated" "$(figure repeated)"
    server_settings=()
}

scenario_relay_5k() { relay_scenario 5120 "$(n 30000 300)" "$(n 10000 100)"; }
scenario_relay_100k() { relay_scenario 102400 "$(n 6000 60)" "$(n 2000 20)"; }

scenario_pop3_stat() {
    local users sessions
    users=$(n 100 20)
    sessions=(--target "$pop3" --connections 20 --operations stat --users "$users")
    sent=0
    add_users "$users"
    send 20 20 "$(n 1000 100)" --users "$users"
    load pop3 "${sessions[@]}" --sessions "$(n 10000 100)"
    load pop3 "${sessions[@]}" --sessions "$(n 30000 200)"
    record_pop3 "login, STAT, QUIT, c20"
}

scenario_pop3_retr() {
    local users sessions
    users=$(n 100 20)
    sessions=(--target "$pop3" --connections 20 --operations "stat,uidl,retr" --users "$users")
    sent=0
    add_users "$users"
    send 20 20 $((users * 100)) --users "$users"
    load pop3 "${sessions[@]}" --sessions "$(n 300 20)"
    load pop3 "${sessions[@]}" --sessions "$(n 2000 20)"
    record_pop3 "STAT, UIDL, RETR of 100 x 5 KB, c20"
}

# u0 is the large mailbox, u1 an empty one.
scenario_big_mailbox() {
    local messages
    messages=$(n 100000 500)
    sent=0
    add_users 2
    send 100 1000 "$messages" --users 1 --size 1024
    send 20 20 "$(n 10000 100)" --users 1 --first-user 1
    record_smtp "5 KB, c20 k20, into one empty mailbox"
    send 20 20 "$(n 10000 100)" --users 1
    record_smtp "5 KB, c20 k20, into one of $messages"
    check_delivered 2

    load pop3 --target "$pop3" --users 1 --sessions "$(n 100 10)" --operations stat
    record_mailbox "$messages messages, warm"
    load pop3 --target "$pop3" --users 1 --sessions "$(n 5 2)" --operations "stat,uidl"
    record Mailbox "$messages messages, warm" "UIDL ms" "$(figure uidl_p50_ms)"
    stop_server || fail "the server did not end well"
    start_server "$work/data"
    load pop3 --target "$pop3" --users 1 --sessions 1 --operations "stat,uidl"
    record_mailbox "$messages messages, first login after a restart"
    record Mailbox "$messages messages, first login after a restart" "UIDL ms" "$(figure uidl_p50_ms)"
}

record_mailbox() {
    record Mailbox "$1" "login ms" "$(figure login_p50_ms)"
    record Mailbox "$1" "STAT ms" "$(figure stat_p50_ms)"
    record Mailbox "$1" "session ms" "$(figure session_p50_ms)"
}

scenario_idle() {
    local connections before after hold idle_pid
    connections=$(n 5000 200)
    hold=$(n 15 3)
    sent=0
    add_users 20
    send 20 20 400 --users 20
    before=$(server_memory VmRSS)
    dotnet "$generator" idle --target "$smtp" --connections "$connections" --hold "$hold" --json >"$work/idle" &
    idle_pid=$!
    until [[ -s $work/idle ]] || ! kill -0 "$idle_pid" 2>/dev/null; do sleep 0.1; done
    sleep "$(n 5 1)"
    after=$(server_memory VmRSS)
    wait "$idle_pid" || fail "idle connections: $(<"$work/idle")"
    record Memory "$connections idle SMTP connections" "before, MB" "$(calculate "$before / 1024")"
    record Memory "$connections idle SMTP connections" "after, MB" "$(calculate "$after / 1024")"
    record Memory "$connections idle SMTP connections" "KB each" "$(calculate "($after - $before) / $connections")"
}

scenario_mailboxes() {
    local users before after
    users=$(n 10000 50)
    sent=0
    add_users "$users"
    before=$(server_memory VmRSS)
    send 100 20 $((users * 10)) --users "$users"
    load pop3 --target "$pop3" --connections 20 --sessions "$users" --users "$users" --operations "stat,uidl"
    (($(figure stat_total) == sent)) || fail "$sent messages were accepted, $(figure stat_total) are in the mailboxes"
    after=$(server_memory VmRSS)
    record Memory "$users mailboxes of 10 messages" "before, MB" "$(calculate "$before / 1024")"
    record Memory "$users mailboxes of 10 messages" "after, MB" "$(calculate "$after / 1024")"
    record Memory "$users mailboxes of 10 messages" "KB each" "$(calculate "($after - $before) / $users")"
}

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>The parameters that the manual does not have.</summary>
internal static class OwnParameters
{
    public static readonly IReadOnlyList<ParameterInfo> All =
    [
        Number("PORT_SUBMISSION", "", 0, 65_535, "port of SMTP submission with STARTTLS; 0 = any free one; nothing = 587 where Tls:Certificate is set, else none"),
        Number("PORT_SUBMISSIONS", "", 0, 65_535, "port of SMTP submission over TLS; nothing = 465 where Tls:Certificate is set, else none"),
        Number("PORT_POP3S", "", 0, 65_535, "port of POP3 over TLS; nothing = 995 where Tls:Certificate is set, else none"),

        new("Tls:Certificate", "", "certificates with their chains; one that was replaced is read again; nothing = no TLS, in Development a certificate is made") { Allowed = "PEM or PKCS#12 files parted by commas" },
        new("Tls:Key", "", "the private keys of the PEM files, in their order; nothing = they stand in the same files") { Allowed = "PEM files parted by commas" },
        new("Tls:Password", "", "password of the PKCS#12 files and of encrypted keys") { IsSecret = true },

        new("Storage:Provider", "sqlite", "the store: embedded in one process, or an Azure Storage account that many share") { Allowed = "sqlite or azure" },
        new("Storage:Path", "data", "folder of the embedded store; it is made when it is missing") { Allowed = "a folder" },
        Number("Storage:SweepAge", "24", 1, 8760, "hours after which a body that nobody holds is deleted by STORE SWEEP"),
        new("Storage:ConnectionString", "", "the storage account of the shared store (Storage:Provider azure), with its key") { IsSecret = true },
        new("Storage:AccountName", "", "instead of it: the account's name; the login is the machine's managed identity") { Allowed = "3 to 24 small letters and digits" },
        new("Storage:Name", "mail", "begins the names of the shared store's tables and container") { Allowed = "3 to 40 small letters and digits, a letter first" },

        new("Gateway:Bind", "0.0.0.0", "address of the mail ports; in Development 127.0.0.1") { Allowed = "an IP address" },
        new("Gateway:HostName", "(the machine's full name)", "the name in banners and in Received"),
        Switch("Gateway:Hosted", "true", "whether the silo's process serves the mail ports itself; in a cluster gateways may be processes of their own"),
        new("Gateway:TrustedProxies", "", "addresses that must send a PROXY header on the mail ports, which is believed") { Allowed = "IP addresses or address/length parted by commas" },
        new("Management:Bind", "127.0.0.1", "address of the management port; another than loopback needs a changed password") { Allowed = "an IP address" },
        Switch("Management:Tls", "false", "whether the management port speaks TLS only"),

        new("Cluster:Id", "mail", "processes with the same id form one cluster"),
        new("Cluster:TlsCertificate", "", "certificate that this silo or gateway shows to the others, with those that lead to the authority's; nothing = plaintext inside of the cluster") { Allowed = "a PEM file" },
        new("Cluster:TlsKey", "", "its private key; nothing = it stands in the same file") { Allowed = "a PEM file" },
        new("Cluster:TlsAuthority", "", "certificates of the authority that signs those of the cluster, and nobody else's") { Allowed = "a PEM file" },
        new("Silo:Address", "127.0.0.1", "address at which the other processes of the cluster reach this silo; in a cluster the machine's first other address, in Development 127.0.0.1") { Allowed = "an IP address of this machine" },
        new("Silo:Port", "0", "port between silos; 0 = any free one; in a cluster 11111") { Range = (0, 65_535) },
        new("Silo:GatewayPort", "0", "port for gateways, in a cluster only: 30000; 0 = any free one") { Range = (0, 65_535) },

        Number("Queue:DailyCap", "0", 0, int.MaxValue, "recipients elsewhere that an account may have in a day (UTC); what is over it is held until QUEUE RELEASE; 0 = no cap"),
        Number("Queue:DelayNoticeAfter", "4", 1, 8760, "hours after which a sender hears that a message still waits"),

        new("Dns:Servers", "", "DNS servers, asked in this order; nothing = the system's") { Allowed = "ip:port parted by commas" },
        Switch("Relay:ConfirmOpen", "false", "confirms that CFG_ANTI_RELY = 0 is meant where strangers can connect"),
        Switch("Relay:ConfirmWide", "false", "confirms that a mask shorter than /8, IPv6 /32, in CFG_LOCALIP is meant"),
        new("Relay:SmartHost", "", "host that takes all outgoing mail; nothing = mail goes to the hosts that DNS names") { Allowed = "host, host:port or [address]:port" },
        Number("Relay:Port", "25", 1, 65_535, "port that outgoing mail is sent to"),
        new("Relay:OwnAddresses", "", "addresses under which this server is known beside those it is bound to: mail that would go there is not sent") { Allowed = "IP addresses parted by commas" },
        Switch("Relay:AllowLoopback", "false", "whether mail may go to loopback addresses of this machine; in Development true"),
        Number("Relay:MaxConnections", "1000", 1, 100_000, "messages that are sent at a time, to all destinations together"),
        Number("Relay:MaxConnectionsPerDestination", "20", 1, 10_000, "messages that are sent to one destination at a time"),
        Number("Relay:MaxMessagesPerMinute", "0", 0, 1_000_000, "messages a minute to one destination; 0 = any number"),
        new("Relay:SmartHostUser", "", "name to log in with at the smart host (AUTH PLAIN or LOGIN); nothing = no login"),
        new("Relay:SmartHostPassword", "", "its password; it is sent over TLS only, except to an address of this machine") { IsSecret = true },
        Switch("Relay:SmartHostAnyCertificate", "false", "whether the password is sent to a host whose certificate cannot be verified"),
        new("Relay:SourceAddress", "", "address that outgoing mail is sent from, to hosts of the same family") { Allowed = "an IP address" },
        Switch("Relay:RequireTls", "false", "whether mail is never sent without TLS; certificates are not verified, as between mail servers"),
        Number("Relay:IdleTime", "10", 0, 3600, "seconds that a connection waits for another message"),
        Number("Relay:MaxMessages", "100", 1, 1_000_000, "messages over one connection"),

        new("Footers:Directory", "", "folder of the files that MAILINFOOTER and MAILOUTFOOTER may name; in Development they may name any file") { Allowed = "a folder" },

        new("Pipe:Programs", "", "programs that aliases may feed, parted by commas; none = PIPE is off") { Allowed = "absolute paths" },
        new("Pipe:User", "", "user that they run as; a server that runs as root needs one"),
        Number("Pipe:Concurrency", "4", 1, 1000, "programs that run at a time on a silo"),
        Number("Pipe:TimeLimit", "60", 1, 3600, "seconds that a program may take"),
        Number("Pipe:OutputLimit", "4096", 0, 1_048_576, "octets of what a program writes that reach the log"),
        new("Pipe:LineEnds", "lf", "how the lines of a program's input end") { Allowed = "lf or crlf" },

        Number("Limits:Connections", "10000", 1, 1_000_000, "connections in all"),
        Number("Limits:ConnectionsPerAddress", "50", 1, 1_000_000, "connections from one address, for IPv6 one /64, to the mail ports"),
        new("Limits:Exempt", "127.0.0.1,::1", "addresses that no limit per address holds for, and no budget, block or delay") { Allowed = "IP addresses parted by commas" },

        Number("Abuse:LoginFailures", "20", 0, 1_000_000, "failed logins of an address (IPv6: its /64) within Abuse:Window, at all gateways, at which it is blocked; 0 = never"),
        Number("Abuse:AccountFailures", "50", 0, 1_000_000, "failed logins at an account within Abuse:Window, from all addresses, at which those that failed get no second try; 0 = never"),
        Number("Abuse:SiteBlocks", "8", 0, 1_000_000, "how many times Abuse:LoginFailures the /64 of one /48 of IPv6 may fail together before the whole /48 is blocked; 0 = any number"),
        Number("Abuse:Probes", "100", 0, 1_000_000, "recipients that do not exist which an address may name at a gateway within Abuse:Window before it is blocked; 0 = any number"),
        Number("Abuse:Window", "15", 1, 10_080, "minutes in which so many failures as are allowed are forgotten"),
        Number("Abuse:BlockTime", "60", 1, 10_080, "minutes that a block lasts (BLOCK LIST)"),
        Number("Abuse:ConnectionRate", "0", 0, 1_000_000, "connections a minute of one address to a gateway; 0 = any number"),
        Number("Abuse:MessageRate", "0", 0, 1_000_000, "messages a minute of one address at a gateway; 0 = any number"),
        Number("Abuse:AccountLoginRate", "0", 0, 1_000_000, "logins a minute of one account at a gateway; 0 = any number"),
        Number("Abuse:AccountMessageRate", "0", 0, 1_000_000, "messages a minute of one account at a gateway; 0 = any number"),

        Number("Accounts:ScramIterations", "15000", 4096, 10_000_000, "rounds of PBKDF2 in the verifier of a password; one with fewer is made anew at its user's next login with the password"),
        Number("Logins:CacheSize", "100000", 0, 10_000_000, "verified logins that are remembered; 0 = none"),
        Number("Logins:FailureDelay", "1", 0, 10, "seconds until a failed login is answered; doubled for each further one of a connection"),
        Number("Logins:MaxFailures", "5", 1, 1000, "failed logins after which a connection is closed"),

        new("Auth:Mechanisms", "SCRAM-SHA-256-PLUS, SCRAM-SHA-256, PLAIN, LOGIN", "SASL mechanisms of SMTP and POP3, the best first") { Allowed = "some of these, parted by commas" },
        Switch("Auth:AllowPlaintext", "false", "whether clients that are not on this machine may use AUTH without TLS"),
        Switch("Submission:SenderMustBeOwn", "true", "whether who has authenticated may give only a sender of their own: the user's address, with a detail too, or an alias that leads to it"),

        Number("Smtp:MaxMessageSize", "104857600", 0, long.MaxValue, "octets of a message at most; 0 = no limit"),
        new("Smtp:BareLineEnds", "repair-trusted", "what is done with a CR or LF that stands alone in a message") { Allowed = "refuse, repair or repair-trusted" },
        Number("Smtp:MaxRecipients", "1000", 1, 100_000, "recipients of a message"),
        Number("Smtp:MaxMessages", "10000", 1, int.MaxValue, "messages on one connection"),
        Number("Smtp:SoftErrors", "20", 1, 1_000_000, "errors of a session from which on replies to errors are delayed"),
        new("Smtp:HardErrors", "50", "errors at which a session ends") { Allowed = "Smtp:SoftErrors or more" },
        Switch("Smtp:AllowBarePaths", "false", "whether MAIL and RCPT take an address without its angle brackets"),
        Number("Smtp:BannerDelay", "0", 0, 60, "seconds that a stranger at port 25 must keep silent before the greeting; who does not is refused"),
        Switch("Smtp:Detail", "true", "whether user+detail goes to user when it does not exist itself"),
        Switch("Smtp:Auth", "false", "whether AUTH is offered on PORT_SMTP, too"),
        Number("Smtp:MinDataRate", "100", 0, 1_000_000, "octets a second that a message must bring over any minute; 0 = any"),

        Number("Pop3:TakeOverAfter", "60", 1, 86_400, "seconds of silence after which another correct login takes a mailbox over"),
        Switch("Pop3:DeleteOnDisconnect", "false", "whether deletions hold even when a session ends without QUIT"),
        Switch("Pop3:RequireTls", "false", "whether clients that are not on this machine may log in only under TLS, whatever Auth:AllowPlaintext says"),
        Number("Pop3:MaxErrors", "20", 1, 1_000_000, "wrong commands after which a session is closed"),

        Number("Health:Port", "", 0, 65_535, "port of HTTP with /health/live, /health/ready and /metrics; 0 = any free one; nothing = none, and nothing is measured"),
        new("Health:Bind", "0.0.0.0", "its address; in Development 127.0.0.1") { Allowed = "an IP address" },
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "collector that traces are sent to by OTLP; nothing = no traces. Its other OTEL_ variables hold too") { Allowed = "a URL" },

        new("Log:Format", "text", "how log lines stand on standard output; in containers json") { Allowed = "text or json" },
        Switch("DOTNET_RUNNING_IN_CONTAINER", "false", "whether the defaults are those of a container: JSON on standard output, no log files, no addresses that may relay"),
    ];

    private static ParameterInfo Number(string name, string fallback, long min, long max, string meaning) =>
        new(name, fallback, meaning) { Range = (min, max) };

    private static ParameterInfo Switch(string name, string fallback, string meaning) => new(name, fallback, meaning) { Allowed = "true or false" };
}

/// The keys of `[redis]`.
extension Schema {
    static let redis: [Setting<RedisConfiguration>] = [
        .text(
            "url", \.url, .redisURL,
            "The server: `redis://[user:password@]host[:port][/db]`, `rediss://` for TLS, "
                + "`unix:///path?db=n` or `sentinel://host,host/master[/db]`."),
        .text(
            "key_prefix", \.keyPrefix, .keyPrefix,
            "What every key in Redis begins with; the producers' `RQ_KEY_PREFIX`."),
        .optionalText(
            "username", \.username, .userName,
            "The ACL user; empty means what the URL says, else the default user."),
        .secret(
            "password", \.password,
            "The password; better kept out of this file, in `password_file`."),
        .optionalText(
            "password_file", \.passwordFile, .secretFile,
            "The file that holds the password; a bare name is a systemd credential."),
        .list(
            "sentinels", \.sentinels, of: .sentinel, named: "hosts with ports",
            "Sentinels that know where the master is, in the place of `url`; port 26379 if none."),
        .text(
            "sentinel_master", \.sentinelMaster, .master,
            "The name under which the Sentinels watch the master."),
        .wholeNumber(
            "database", \.database, 0...65_535,
            "The database, where `sentinels` names the servers; else the URL does."),
        .optionalText(
            "sentinel_username", \.sentinelUsername, .userName,
            "The ACL user at the Sentinels; empty means their default user."),
        .secret(
            "sentinel_password", \.sentinelPassword,
            "The password of the Sentinels; empty means that they ask for none."),
        .optionalText(
            "sentinel_password_file", \.sentinelPasswordFile, .secretFile,
            "The file that holds the password of the Sentinels."),
        .flag(
            "sentinel_tls", \.sentinelTLS,
            "Whether the connections to the Sentinels are encrypted."),
        .flag(
            "tls", \.tls, "Whether the connection to Redis is encrypted, as `rediss://` says too."),
        .choice(
            "tls_verify", \.tlsVerify,
            "What the server must prove: a known authority and its host name, only the authority, "
                + "or nothing."),
        .optionalText(
            "tls_ca_file", \.tlsAuthorityFile, .absolutePath,
            "The authorities that are believed, in PEM; empty means the system's."),
        .optionalText(
            "tls_cert_file", \.tlsCertificateFile, .absolutePath,
            "Our own certificate with its chain, in PEM; empty means none."),
        .optionalText(
            "tls_key_file", \.tlsKeyFile, .absolutePath,
            "Its key, without a passphrase; empty means that `tls_cert_file` holds it."),
        .duration(
            "connect_timeout", \.connectTimeout, .milliseconds(100)...Duration.seconds(3600),
            "How long a connection may take to be made."),
        .duration(
            "timeout", \.timeout, .milliseconds(100)...Duration.seconds(3600),
            "How long Redis may leave a request unanswered before the connection is given up."),
    ]
}

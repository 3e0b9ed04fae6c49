import ArgumentParser
import WorkerPool

/// The flags of the foreground commands that say where failures are reported.
///
/// Source: RQ 1.16.2, `rq/cli/cli.py`; later releases leave it to the application.
struct SentryFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where Sentry's SDK reports failures. (default: $RQ_SENTRY_DSN)", valueName: "dsn"))
    var sentryDsn: String?

    @Option(
        help: ArgumentHelp(
            "Certificates to check Sentry's server against. (default: $RQ_SENTRY_CA_CERTS)",
            valueName: "file"))
    var sentryCaCerts: String?

    @Option(
        help: ArgumentHelp(
            "Whether Sentry's SDK says what it does. (default: $RQ_SENTRY_DEBUG, else no)",
            valueName: "yes|no"))
    var sentryDebug: String?

    /// The same in the words of the configuration.
    var overrides: [Override] {
        let all = [
            ("sentry_dsn", sentryDsn, "--sentry-dsn"),
            ("sentry_ca_certs", sentryCaCerts, "--sentry-ca-certs"),
            ("sentry_debug", sentryDebug, "--sentry-debug"),
        ]
        return all.compactMap { name, value, flag in
            value.map { Override("python.\(name)", $0, flag: flag) }
        }
    }
}

import COpenSSL

/// What OpenSSL has against a connection, in an operator's words.
enum TLSError {
    /// The first of OpenSSL's errors that nobody has read; the others are forgotten.
    ///
    /// - Returns: its words, for example `no start line`.
    static func last() -> String {
        words(of: ERR_get_error())
    }

    /// Why a connection failed.
    ///
    /// - Parameters:
    ///   - ssl: the connection, straight after the call that failed.
    ///   - host: the name that we connected to.
    /// - Returns: one line.
    static func reason(_ ssl: OpaquePointer, host: String) -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        let verdict = SSL_get_verify_result(ssl)
        if verdict != Int(X509_V_OK), SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE {
            return complaint(about: Int32(verdict), host: host)
        }
        switch Int32(code & 0x7F_FFFF) {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG:
            return "the server does not speak TLS on this port; write redis:// for a plain one"
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return "the server speaks neither TLS 1.2 nor TLS 1.3"
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            return "the server refuses us (\(words(of: code))): it may want a certificate of ours,"
                + " tls_cert_file and tls_key_file"
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
            SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
            return "the server refuses our certificate (\(words(of: code)))"
        default:
            return "TLS failed: \(words(of: code))"
        }
    }

    private static func complaint(about verdict: Int32, host: String) -> String {
        let text = String(cString: X509_verify_cert_error_string(Int(verdict)))
        switch verdict {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the server's certificate is not for \(host)"
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            return "the server's certificate is not valid now: \(text)"
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
            return "the server's certificate is of an unknown authority (\(text)):"
                + " tls_ca_file names those to believe"
        default:
            return "the server's certificate is not accepted: \(text)"
        }
    }

    private static func words(of code: UInt) -> String {
        guard code != 0 else { return "the connection was closed" }
        guard let text = ERR_reason_error_string(code) else { return "error \(code)" }
        return String(cString: text)
    }
}

import COpenSSL
import Glibc

/// OpenSSL's settings for one connection: what we believe and what we show.
struct TLSContext: ~Copyable {
    let pointer: OpaquePointer

    /// Reads the files that an encryption names.
    ///
    /// - Parameter encryption: what is wanted.
    /// - Throws: which file cannot be used, and why.
    init(_ encryption: Encryption) throws(ConnectFailure) {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            preconditionFailure("there must be memory for OpenSSL's settings")
        }
        pointer = context
        guard rqd_ssl_ctx_set_min_version(context, TLS1_2_VERSION) == 1 else {
            throw ConnectFailure(reason: "no TLS 1.2: \(TLSError.last())")
        }
        rqd_ssl_ctx_set_mode(
            context,
            Int(SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        try believe(encryption)
        try show(encryption)
    }

    deinit { SSL_CTX_free(pointer) }

    /// Loads the authorities.
    private func believe(_ encryption: Encryption) throws(ConnectFailure) {
        guard encryption.verification != .none else {
            SSL_CTX_set_verify(pointer, SSL_VERIFY_NONE, nil)
            return
        }
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        if let file = encryption.authorityFile {
            try Self.readable(file, "the authorities' file")
            guard SSL_CTX_load_verify_file(pointer, file) == 1 else {
                throw Self.unusable("the authorities' file", file)
            }
        }
        if let directory = encryption.authorityDirectory {
            try Self.readable(directory, "the authorities' directory")
            guard SSL_CTX_load_verify_dir(pointer, directory) == 1 else {
                throw Self.unusable("the authorities' directory", directory)
            }
        }
        if encryption.authorityFile == nil && encryption.authorityDirectory == nil {
            believeKnownAuthorities()
        }
    }

    /// Believes the authorities that the system believes.
    ///
    /// OpenSSL looks where it was built to look, or where `SSL_CERT_FILE` says. One that came with
    /// rqd was built for Debian; elsewhere the distribution's own file is there instead.
    private func believeKnownAuthorities() {
        SSL_CTX_set_default_verify_paths(pointer)
        guard getenv(X509_get_default_cert_file_env()) == nil,
            getenv(X509_get_default_cert_dir_env()) == nil,
            access(X509_get_default_cert_file(), R_OK) != 0,
            access(X509_get_default_cert_dir(), R_OK) != 0
        else { return }
        let files = [
            "/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine
            "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, Enterprise Linux
            "/etc/ssl/ca-bundle.pem",  // openSUSE
        ]
        for file in files where access(file, R_OK) == 0 {
            // One that is broken is as good as none: no server is believed then.
            guard SSL_CTX_load_verify_file(pointer, file) != 1 else { return }
        }
    }

    /// Loads our own certificate.
    private func show(_ encryption: Encryption) throws(ConnectFailure) {
        guard let certificate = encryption.certificateFile else { return }
        let key = encryption.keyFile ?? certificate
        try Self.readable(certificate, "the certificate's file")
        try Self.readable(key, "the key's file")
        // Without this, OpenSSL asks the terminal for the passphrase of a key.
        SSL_CTX_set_default_passwd_cb(pointer) { _, _, _, _ in -1 }
        guard SSL_CTX_use_certificate_chain_file(pointer, certificate) == 1 else {
            throw Self.unusable("the certificate's file", certificate)
        }
        guard SSL_CTX_use_PrivateKey_file(pointer, key, SSL_FILETYPE_PEM) == 1 else {
            throw Self.unusable("the key's file", key)
        }
    }

    private static func readable(_ path: String, _ what: String) throws(ConnectFailure) {
        guard access(path, R_OK) == 0 else {
            throw ConnectFailure(reason: "\(what) \(path): \(errorText(errno))")
        }
    }

    private static func unusable(_ what: String, _ path: String) -> ConnectFailure {
        ConnectFailure(reason: "\(what) \(path) cannot be used: \(TLSError.last())")
    }
}

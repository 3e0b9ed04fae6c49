import CLinux
import Glibc

/// A stream socket, non-blocking and close-on-exec, owned: closed by the deinitializer.
struct PlainSocket: ~Copyable {
    /// The kernel's number.
    let descriptor: Int32

    /// Opens a socket and starts to connect it.
    ///
    /// - Parameter address: where to.
    /// - Throws: why that failed at once; a later failure is `connected()`'s to report.
    init(connectingTo address: SocketAddress) throws(ConnectFailure) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(address.family, type, 0)
        guard descriptor >= 0 else { throw ConnectFailure(reason: errorText(errno)) }
        if address.isTCP {
            // Options only improve the connection; without one of them it still works. A host
            // that vanished is noticed after two minutes, not after the system's two hours.
            set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
            set(SOL_SOCKET, SO_KEEPALIVE, 1)
            set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
            set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
            set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
        }
        let number = address.connect(descriptor)
        guard number == 0 || number == EINPROGRESS || number == EINTR else {
            throw ConnectFailure(reason: errorText(number))
        }
    }

    /// Whether the connect is done.
    ///
    /// - Returns: false while it is still going on.
    /// - Throws: why it failed.
    func connected() throws(ConnectFailure) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return false }
        var number: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size) == 0 else {
            throw ConnectFailure(reason: errorText(errno))
        }
        guard number == 0 else { throw ConnectFailure(reason: errorText(number)) }
        return true
    }

    /// Takes what has arrived.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transport.Progress {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .moved(bytes: count) }
            if count == 0 { return .ended }
            if errno != EINTR { return Self.progress(of: "recv", errno) }
        }
    }

    /// Gives what fits; never raises SIGPIPE.
    func write(_ bytes: UnsafeRawBufferPointer) -> Transport.Progress {
        while true {
            let count = Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .moved(bytes: count) }
            if errno != EINTR { return Self.progress(of: "send", errno) }
        }
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func progress(of call: String, _ number: Int32) -> Transport.Progress {
        switch number {
        case EAGAIN: .blocked
        case EPIPE, ECONNRESET: .ended
        default: .failed(call: call, errno: number)
        }
    }

    deinit {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}

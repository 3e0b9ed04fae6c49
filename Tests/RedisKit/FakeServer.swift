import CLinux
import Glibc
import RedisKit
import TestSupport

/// A listening Unix socket whose peer says exactly what a test makes it say.
final class FakeServer {
    let endpoint: Endpoint
    private let directory: TemporaryDirectory
    private let listener: Int32
    private var peer: Int32 = -1

    init(password: String? = nil, database: Int = 0) throws {
        directory = try TemporaryDirectory()
        let path = directory.file("s")
        endpoint = Endpoint(address: .unix(path: path), password: password, database: database)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafeBytes(of: address) { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(listener, pointer, socklen_t(bytes.count))
        }
        guard result == 0, listen(listener, 8) == 0 else {
            throw HarnessError("listen", path, errno: errno)
        }
    }

    deinit {
        close(listener)
        if peer >= 0 { close(peer) }
    }

    /// Whether a connection waits to be taken.
    var hasCaller: Bool {
        get throws {
            var state = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            let count = poll(&state, 1, 0)
            guard count >= 0 else { throw HarnessError("poll", "listener", errno: errno) }
            return count > 0
        }
    }

    /// Takes the oldest connection that waits.
    func accept() throws {
        peer = Glibc.accept(listener, nil, nil)
        guard peer >= 0 else { throw HarnessError("accept", "", errno: errno) }
    }

    func say(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw HarnessError("send", "\(bytes.count) bytes", errno: errno)
        }
    }

    /// As much of some bytes as the socket takes at once; how many that was.
    func sayWhatFits(_ bytes: ArraySlice<UInt8>) throws -> Int {
        var size: Int32 = 1 << 20
        setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
        var sent = 0
        while sent < bytes.count {
            let count = bytes.dropFirst(sent).withUnsafeBytes { rest in
                send(peer, rest.baseAddress, rest.count, flags)
            }
            if count < 0, errno == EAGAIN { return sent }
            guard count >= 0 else { throw HarnessError("send", "flood", errno: errno) }
            sent += count
        }
        return sent
    }

    /// Shuts the direction in which the connection writes.
    func stopListening() {
        shutdown(peer, Int32(SHUT_RD))
    }

    /// What the connection has written; empty if nothing.
    func hear() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(peer, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count >= 0 || errno == EAGAIN else { throw HarnessError("recv", "", errno: errno) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    func hangUp() {
        close(peer)
        peer = -1
    }
}

/// A port of 127.0.0.1 whose queue is full, so that a further connect neither succeeds nor fails.
struct FullListener {
    let port: Int
    private let descriptors: [Int32]

    init() throws {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var fillers: [Int32] = []
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            guard bind(listener, pointer, size) == 0, listen(listener, 0) == 0,
                getsockname(listener, pointer, &size) == 0
            else { return Int32(-1) }
            for _ in 0..<4 {
                fillers.append(socket(AF_INET, type, 0))
                _ = connect(fillers[fillers.count - 1], pointer, size)
            }
            return 0
        }
        guard result == 0 else { throw HarnessError("listen", "127.0.0.1", errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        descriptors = fillers + [listener]
    }

    func close() {
        for descriptor in descriptors { Glibc.close(descriptor) }
    }
}

extension Connection {
    /// One `receive`, its replies copied.
    func replies() throws(RedisError) -> [ReplyValue] {
        var values: [ReplyValue] = []
        try receive { values.append($0.value) }
        return values
    }

    /// The next replies, at least one, copied.
    func awaitReplies(within timeout: Duration = .seconds(5)) throws(RedisError) -> [ReplyValue] {
        var values: [ReplyValue] = []
        try receive(within: timeout) { values.append($0.value) }
        return values
    }
}

/// A string reply with this text.
func string(_ text: String) -> ReplyValue { .string(Array(text.utf8)) }

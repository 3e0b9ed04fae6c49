import CLinux
import Glibc

/// Ports of 127.0.0.1.
public enum LoopbackPort {
    /// A port that nobody listens on at this moment.
    ///
    /// - Returns: its number.
    /// - Throws: if the system has none.
    public static func free() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw HarnessError("socket", "tcp", errno: errno) }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            guard bind(descriptor, pointer, size) == 0 else { return Int32(-1) }
            return getsockname(descriptor, pointer, &size)
        }
        guard result == 0 else { throw HarnessError("bind", "127.0.0.1", errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

import Glibc

/// The system's words for a value of `errno`, and the number: `Connection refused (111)`.
func errorText(_ number: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard let start = buffer.baseAddress, strerror_r(number, start, buffer.count) == 0 else {
            return "error \(number)"
        }
        return "\(String(cString: start)) (\(number))"
    }
}

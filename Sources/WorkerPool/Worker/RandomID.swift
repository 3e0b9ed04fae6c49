import RQ

/// Ids as rq makes them: 128 random bits in 32 hexadecimal digits.
enum RandomID {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A new one.
    static func hexadecimal() -> ExecutionID {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for _ in 0..<2 {
            var word: UInt64 = generator.next()
            for _ in 0..<16 {
                bytes.append(digits[Int(word & 15)])
                word >>= 4
            }
        }
        return ExecutionID(bytes: bytes)
    }
}

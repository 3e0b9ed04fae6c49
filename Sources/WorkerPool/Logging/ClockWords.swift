/// The difference of two clocks in words.
enum ClockWords {
    /// `100.0 s ahead`, `2.5 s behind`.
    ///
    /// - Parameter offset: what is to be added to this host's clock to get the server's.
    /// - Returns: how this host's clock is wrong, to a tenth of a second.
    static func difference(_ offset: Duration) -> String {
        let size = offset < .zero ? .zero - offset : offset
        let tenths =
            size.components.seconds * 10
            + size.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s \(offset < .zero ? "ahead" : "behind")"
    }
}

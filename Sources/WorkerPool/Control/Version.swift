/// The version of rqd, in one place.
public enum Version {
    /// The number, as `rqd --version` prints it.
    public static let current = "0.1.0"
}

/// Why an RQ settings module could not be read.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// The module, as it was named.
    public let module: String
    /// The file in which it went wrong; nil if none was reached.
    public let file: String?
    /// The line in it, from 1; 0 where it is not known.
    public let line: Int
    /// What Python said, for example `NameError: name 'x' is not defined`.
    public let reason: String

    /// `/srv/app/settings.py:3: NameError: … (settings module settings)`.
    public var description: String {
        guard let file else { return "settings module \(module): \(reason)" }
        return "\(file)\(line > 0 ? ":\(line)" : ""): \(reason) (settings module \(module))"
    }
}

import CLinux
import Glibc

/// Whom a control socket belongs to that may not be used.
enum SocketOwner {
    /// `; it is for the user rqd and the group rqd: …`; "" where even that cannot be seen.
    ///
    /// Of a socket in a directory that may not be entered, the directory is looked at.
    static func hint(of path: String) -> String {
        var place = path[...]
        var status = stat()
        while stat(String(place), &status) != 0 {
            guard let slash = place.lastIndex(of: "/"), slash > place.startIndex else { return "" }
            place = place[..<slash]
        }
        let user = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) }
        let group = getgrgid(status.st_gid).map { String(cString: $0.pointee.gr_name) }
        let names = "the user \(user ?? "\(status.st_uid)") and the group "
        return "; it is for " + names + "\(group ?? "\(status.st_gid)"): "
            + "ask as one of them, or as root"
    }
}

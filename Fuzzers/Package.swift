// swift-tools-version: 6.2
import PackageDescription

// Built by scripts/fuzz, which adds the flags that make the compiler count edges.
let package = Package(
    name: "rqd-fuzzers",
    dependencies: [.package(name: "rqd", path: "..")],
    targets: [
        .systemLibrary(name: "CFuzzer"),
        // Its targets are those of Tests/Fuzz, by a symbolic link.
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer",
                .product(name: "RQ", package: "rqd"),
                .product(name: "RedisKit", package: "rqd"),
                .product(name: "WorkerPool", package: "rqd"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)

/// The journal's numbers of the events that an operator may have to look up.
///
/// `packaging/catalog/rqd.catalog` explains each of them to `journalctl --catalog`. A number, once
/// given, never changes its meaning.
///
/// Source: systemd, "Journal Message Catalogs".
enum MessageID {
    /// The number of an event, 32 hexadecimal digits, by its constant message.
    static let known: [String: String] = [
        "job failed": "b0dabd5dc86f44d6b88d453ab86660c6",
        "job died": "cef4096b8b7f4bb393fada6bb34c67e1",
        "job will be retried": "c105bfcb28a74c10a28a18ba97eb554a",
        "job put back": "871ea5ddd0404ca1ae60d8cc074e0fc8",
        "job dropped": "13e6070dc4354b6b98e00152b293b57c",
        "job stopped": "927606b705fc41d198ba55e698df383a",
        "job is slow": "4593bc50ca15450a86700d1bfd9fecfd",
        "job is about to be killed": "26a75c6cacff4f2283aa940338a77c32",
        "job output dropped": "01c51eef8673499386870f6095067f4c",
        "Redis is unreachable": "be1911011e7a481e8505eb9160240dc9",
        "Redis is back": "d7a5d83c703a460086a2e41f3e05d8c7",
        "outcome refused by Redis": "7e46357219ae4780a9fbfce9b4dfe528",
        "worker died": "b2983298922b4365bad58c0d03643455",
        "worker is restarted later": "ad8f2740d32345cb983938a70ba84d03",
        "worker did not stop in time and is killed": "32886f51702142609299e049efaaf628",
        "application cannot be loaded": "5d0e3c1b6a7f4e0c9b1d2f8a4c6e7b93",
        "application is still being loaded": "e8a1f4d27c5b4b6f8f3a90d1c2b7e645",
        "stable died": "aaf8405cbd694b38b99d9d0b7ab13b98",
        "scheduler died": "c61f52d7c5754d3ea63a0ac4329cf27c",
        "reload is refused": "4f1b7e6f0f7c4a0ab4a1d7c0b0f5e6b3",
        "cold stop: running jobs are handed back": "639817d1235741c696428ec177bc058c",
        "dead worker's job is left for the next start to settle":
            "8227885e9b844e6a8ebcb1610260c970",
    ]

    /// The number of an event; nil for those that explain themselves.
    static func of(_ event: String) -> String? { known[event] }
}

# Families with a history: kernel crypto, express data path, Bluetooth, TIPC, RDS, KCM, SMC, QIPC.
# outside: no; a kernel need not have them.
for family, kind, protocol in ((38, 5, 0), (44, 3, 0), (31, 3, 1), (31, 5, 0), (30, 5, 0), (21, 5, 0), (41, 5, 0),
                               (43, 1, 0), (42, 2, 0), (29, 3, 1), (3, 5, 0), (16, 3, 5)):
    attempt(f"family {family}", lambda: opens("socket", family, kind, protocol))

import RQ

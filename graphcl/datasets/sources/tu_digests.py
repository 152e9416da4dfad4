"""Known sha256 checksums of the files of TU datasets, by dataset and by file suffix."""

TU_DIGESTS: dict[str, dict[str, str]] = {
    "AIDS": {
        "A": "9da8e3f787d1dbdc80a35f205707bd0bec0778261fb7e54355c061912f8d8380",
        "edge_labels": "47e3eac0bf8c6196af7d5532fba3d2c9b29014740d471bd4696149a5ef2bf7d7",
        "graph_indicator": "8a1ede4f84bcba1f5a7f49fe7e89cdc74466645b62175603710b80300fb68be4",
        "graph_labels": "da9c413b24b0a808b497a4567f57dce975d0eb9dc69c5db82aec6a172c88e28f",
        "node_attributes": "e47595d48fa329d84183fd68f8b4a6b327fd05690e3d335ffcdc6b7c110f081c",
        "node_labels": "d90cda6258c58f4c3facaa2e6a71e1b589da13f0162af59881400a3c8f0c514a",
    },
    "COLLAB": {
        "dgcnn": "496ea89def5372c47c750b0cc92bbb1113b382071ee37cc85d9a1b0ec65bcc11",
    },
    "DD": {
        "A": "24c50078f3af2e2b1c5839901ef446c4604d5c980fb1aba91b4a5542c6efbf48",
        "graph_indicator": "95aabe75f6537326a14e4efc0d006854c20769f3cfc4877b862803d21c51aff2",
        "graph_labels": "b9df6495feb673f79dea357cca30e08f8602e52d978c77b53ec2552d1cb2ab4e",
        "node_labels": "b0d10b05702c2d655d691b5a6f5585081993860013eeab801572202df1c5c108",
    },
    "ENZYMES": {
        "A": "5553c84f8f562f3e199dfd27192174f485e85c44c1357661098668937a739cbf",
        "graph_indicator": "95ba0fa47eba6f02e6b754a215dc66d5b49de3f45f57a128514301a8d7ed5f46",
        "graph_labels": "04743e08967e61e65cdacbb90f8df6ee53742b3d2e7b84675b85ebac70506856",
        "node_attributes": "305a8fc3b12f79fb844ef3374d6a3c8ceeb4887dd4f86bbfe37932c4c5434e7b",
        "node_labels": "8263eb9b64efa231a5886343483ccfc0342f2407014763a8f738fd51c32ce770",
    },
    "IMDB-BINARY": {
        "A": "23c8964bab82f81469271186d721131714a265d0ca8c44ae048118da1d0c4092",
        "graph_indicator": "415cc3ba25b8c647dcf34d3de034f675ee070616f3b803be939cb26773489f26",
        "graph_labels": "63a44411fd6342b9c4429828c16e144a2a11ef5244e25bb60f0ffa8b3ee2ffce",
    },
    "MUTAG": {
        "A": "d9656ca7493f3445d737c711710bb36fd432dddd1c0ea32e1d4713c86ebd28e2",
        "edge_labels": "4669ce755075ff86c3240709345745886400908fa637a49310459b9c267b3e56",
        "graph_indicator": "7d520a4d6c7961c0cdeabe076d8fe27e795b6d373485c9a2b744987e560a2056",
        "graph_labels": "a1518ea39ba3426bd42f57396b9c4baffe68e9adc718caeeab0119c6591a5f2c",
        "node_labels": "678f429965490e84dd27713017538c995fc05d1621beac910848b600015ee863",
    },
    "Mutagenicity": {
        "A": "ae85e22b4b898ebd819d2ed3adc8f06a7bf1cda746b333086472d19b36711145",
        "edge_labels": "bf8e783386ac22e6033bbce56d765c0a4336649bd590a6f1e467b27b549f2114",
        "graph_indicator": "88b2d83ff10fad75b3280654061e965976f74e75620058c371ed23567236b4bc",
        "graph_labels": "b604c7dcbfdf89193901e32abdcbf9b5b92137414ce22231f00ed65d48ec48f9",
        "node_labels": "b429ec418c831d02dc3088b2fe08d11214627850d2bbdacfa9797c0510e70ae7",
    },
    "NCI1": {
        "A": "2c028eda59a5fe96e2265a63d9ac236901bd9a7dc658498be13cd704a703076d",
        "graph_indicator": "ffe5acfa754b057d5ce0dc725c5aadb631628161886cc040d38c719635257dc5",
        "graph_labels": "6a8d30f7dabf9913d352296171bb61f7ee5db46a398b0312898e33246e76b322",
        "node_labels": "dc0a22b6cbff0c939de00373e823977ba32b358f560e4288d7602f7b51407ee2",
    },
    "NCI109": {
        "A": "9c0ae8c1e631f771663de1e095eb36604f4feeb512e46b90b0409f05f876bab6",
        "graph_indicator": "f86bb0249bf985be397f46c493879022cb068b1d4331215151442de1738c9163",
        "graph_labels": "8ab9932d5347b935e3aaa7be2f787cc78860fa1af9df836dd3f03cde6939b640",
        "node_labels": "d2ceda711b4ea4218909e5527325374d7e50c698b0d8a22567390a5526dbd6bc",
    },
    "PTC_MR": {
        "A": "f79523ff94dfbef539e5602a8ac1931a50a2800f33fa1d30e5e31725289b5202",
        "edge_labels": "acee2f93b52175a329009dc837bea9db7c2a121c2ef0b1587b38bbe6fc9b8177",
        "graph_indicator": "d52754f3cbc54e29324f884b4c17200c16e06db0c499afae300b4fa1bb6d794b",
        "graph_labels": "64210accbe4c6c027535b1294e0da652b1f539667f7a2d4bf5121dcd8b00a224",
        "node_labels": "cc50d1e1c5f4c98b2100cf50c5ddd88ff28b419a9180d531046b75ce22983235",
    },
}

"""Catalogue of all named datasets: sizes, licence, origin and reader of each."""

from graphcl.datasets.collection_entries import COLLECTIONS
from graphcl.datasets.entry import Entry
from graphcl.datasets.files.community_graph import read_community_graph
from graphcl.datasets.files.multiplex import read_multiplex
from graphcl.datasets.ogb.entries import OGB
from graphcl.datasets.sources.citation import planetoid
from graphcl.datasets.sources.embedded import digits, karate
from graphcl.datasets.sources.geom_gcn import actor, webkb
from graphcl.datasets.sources.gnn_benchmark import amazon, citation_full, coauthor
from graphcl.datasets.sources.heterophilous import filtered, heterophilous
from graphcl.datasets.sources.pyg import PygFiles
from graphcl.datasets.sources.source import Embedded, NpzFile
from graphcl.datasets.sources.synthetic import planted_partition
from graphcl.datasets.sources.synthetic_multiplex import planted_multiplex


def _npz(name: str, *digests: str) -> NpzFile:
    """A dataset without a PyG class: one npz file in the layout of `graphcl.datasets.files.npz`."""
    return NpzFile(f"npz/{name}.npz", frozenset(digests))


def _multiplex(name: str, digest: str) -> NpzFile:
    """A multiplex dataset: one npz file in the layout of `graphcl.datasets.files.multiplex`."""
    return NpzFile(f"multiplex/{name}.npz", frozenset({digest}), read_multiplex)


_AUTHORS = "github.com/shchur/gnn-benchmark"
_PAPERS = "github.com/abojchevski/graph2gauss"
_PLANETOID = "github.com/kimiyoung/planetoid"
_SDCN = "github.com/bdy9527/SDCN"
_GEOM_GCN = "github.com/graphdml-uiuc-jlu/geom-gcn"
_YANDEX = "github.com/yandex-research/heterophilous-graphs"
_GRAPH_DATA = "github.com/EdisonLeeeee/GraphData"
_O2MAC = "github.com/googlebaba/WWW2020-O2MAC"
_HECO = "github.com/liun-online/HeCo"
_MUSAE = "github.com/benedekrozemberczki/MUSAE"

_ACM = "cbd710c6d86387f02b45c36ea0b1e5cad09479c6b0b89cd51407399d6b02a594"
_USPS = "ec73932ecd3ce322b6f69527942c510ebb5a871291e822a846b2958b76a7c70e"
_PHOTO = "2b8d158fa1483bca508de5025cf31c17cf15e63600e294c547e6dc87f3189fe0"
_COMPUTERS = "be58a1ec75405bfb2f9917b85cc34eb29c606df5a988da355468dda97d19b753"
_PHYSICS = "16df58ffe9c5d6e73220f42cc5a9f7056d2f7d076d779d9d73f1d2470f9e6592"
_CORA_ML = "0460d25b737774a78a588838daf20afe9291b4eb89da2aa3d517244d3fc2bb0b"
_CITESEER_FULL = "36352430fbaea2752466564e42625e5e6e578fab57172b03c9dea1f7d2c0b72f"
_MINESWEEPER = "e664c8dacf1e8ac466c2c09ed4b237bd2c5541f47a6eae9c6092cb87f16412b3"
_TOLOKERS = "dacf3ac94cec53d03cd2adb5255c08b33dee1656c33ca8164a464bd9450a1667"
_CHAMELEON = "bf46f07e1fb5249280447e5fe3100f3e82fc4b93ad1e13ffcfdec924b6ac0bb5"
_SQUIRREL = "f06370ffb3116c5de8b7a600005400b2293c025e0ce2f6916d8201a825505ac7"
_BAT = "1ee7943a3dec49fc9aa4132bd74595153102dcaa77609dc07299b4dd3e08d128"
_WIKI = "8277e87e2797fe5f435f5e25f900c94a65dbc59df59a13711205a0495140893e"
_UAI = "b3716d4764be90060d9f06560ac3266aa706c82b5ec317478378371428225c85"
_BLOGS = "6b71176251e44bfbc2a67001eeb7e2c8547fb4a2ec1051bea9c12d541752b2d3"
_FACEBOOK = "757e2ea935ee8fe7631a10df2f55d403cb6f719a11753285e99b7fb7f16a1aa1"
_DE = "671d23689ff3e9c1feb4e04c6e09c0ffca1d45a83566cca4fdb8b22c967e4d97"
_ENGB = "6e383f245eced120f58b7435fa35229a5e3be5069306db994b14461069e321c5"
_ES = "0f4088d4728f2239fd6357cfa8898be649e880eeebe69e64b8ddd99790577bc3"
_FR = "68b3c6e664fc72f9bbe7178dc8c7f8498cbd8471ae9ab8275e79fb29aef887ce"
_PTBR = "c4bea09fce141ff678590e04eb63269e64309156416fae2cd0c62eb77c934ea5"
_RU = "ba1a0baab2925f033b051892067fff636e1207ad81b6a33d2be219519a4d339c"

_ACM_HAN = "9355043f454f04739e4dcca56e04b03f583f6635d3aa2cf8b586ea5b83fcc4e3"
_ACM_HECO = "04c93db6d847caeec31f156e55e0e85fefd31f45ddc79590e63bd8b3f91ddd1e"
_DBLP_HECO = "f4dcb8ba0e4cfc4d8e57b8398a0311d5fd11748f70ed300de04ba43abe8898e5"

_COM_DBLP = NpzFile(
    "large/com_dblp.npz",
    frozenset({"37866a1565e52c6c5e1314c2c0bbf13c99a76b24e9acd8e2a2a9ba333e4826e4"}),
    read_community_graph,
)

_WIKICS = PygFiles("WikiCS", {"is_undirected": True}, "wikics", "raw", {"data.json": frozenset()})

CATALOG: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("digits", 1797, 3884, 64, 10, "CC BY 4.0", "UCI, in scikit-learn", Embedded(digits)),
        Entry("karate", 34, 78, 34, 2, "none stated", "Zachary 1977, in networkx", Embedded(karate)),
        Entry("planted-partition", 500, None, 32, 5, "none needed", "generated", Embedded(planted_partition)),
        Entry("planted-multiplex", 500, None, 32, 5, "none needed", "generated", Embedded(planted_multiplex)),
        Entry("cora", 2708, 5278, 1433, 7, "MIT", _PLANETOID, planetoid("Cora")),
        Entry("citeseer", 3327, 4552, 3703, 6, "MIT", _PLANETOID, planetoid("CiteSeer")),
        Entry("pubmed", 19717, 44324, 500, 3, "MIT", _PLANETOID, planetoid("PubMed")),
        # SDCN's CITE is CiteSeer: the same nodes, edges and labels. In both, 15 unlabelled nodes are in class 0.
        Entry("cite", 3327, 4552, 3703, 6, "MIT", _PLANETOID, planetoid("CiteSeer")),
        Entry("acm", 3025, 13128, 1870, 3, "MIT", "github.com/zhumeiqiBUPT/AM-GCN", _npz("acm_sdcn", _ACM)),
        Entry("dblp", 4057, 3528, 334, 4, "none stated", _SDCN, _npz("dblp_sdcn")),
        Entry("usps", 9298, 21452, 256, 10, "none stated", _SDCN, _npz("usps_sdcn", _USPS)),
        Entry("hhar", 10299, 38039, 561, 6, "none stated", _SDCN, _npz("hhar_sdcn")),
        Entry("reut", 10000, 27867, 2000, 4, "none stated", _SDCN, _npz("reut_sdcn")),
        Entry("amazon-photo", 7650, 119081, 745, 8, "MIT", _AUTHORS, amazon("Photo", _PHOTO)),
        Entry("amazon-computers", 13752, 245861, 767, 10, "MIT", _AUTHORS, amazon("Computers", _COMPUTERS)),
        Entry("coauthor-cs", 18333, 81894, 6805, 15, "MIT", _AUTHORS, coauthor("CS")),
        Entry("coauthor-physics", 34493, 247962, 8415, 5, "MIT", _AUTHORS, coauthor("Physics", _PHYSICS)),
        Entry("cora-ml", 2995, 8158, 2879, 7, "MIT", _PAPERS, citation_full("cora_ml", _CORA_ML)),
        Entry(
            "citationfull-citeseer", 4230, 5337, 602, 6, "MIT", _PAPERS, citation_full("citeseer", _CITESEER_FULL)
        ),
        Entry("citationfull-dblp", 17716, 52867, 1639, 4, "MIT", _PAPERS, citation_full("dblp")),
        # Its published edge counts include an unknown number of self loops.
        Entry("wikics", 11701, None, 300, 10, "MIT", "github.com/pmernyei/wiki-cs-dataset", _WIKICS),
        Entry("cornell", 183, 277, 1703, 5, "none stated", _GEOM_GCN, webkb("cornell")),
        Entry("texas", 183, 279, 1703, 5, "none stated", _GEOM_GCN, webkb("texas")),
        Entry("wisconsin", 251, 450, 1703, 5, "none stated", _GEOM_GCN, webkb("wisconsin")),
        Entry("actor", 7600, 26659, 932, 5, "none stated", _GEOM_GCN, actor()),
        Entry("minesweeper", 10000, 39402, 7, 2, "MIT", _YANDEX, heterophilous("minesweeper", _MINESWEEPER)),
        Entry("tolokers", 11758, 519000, 10, 2, "MIT", _YANDEX, heterophilous("tolokers", _TOLOKERS)),
        Entry("roman-empire", 22662, 32927, 300, 18, "MIT", _YANDEX, heterophilous("roman_empire")),
        Entry("amazon-ratings", 24492, 93050, 300, 5, "MIT", _YANDEX, heterophilous("amazon_ratings")),
        Entry("questions", 48921, 153540, 301, 2, "MIT", _YANDEX, heterophilous("questions")),
        Entry("chameleon-filtered", 890, 8854, 2325, 5, "MIT", _YANDEX, filtered("chameleon", _CHAMELEON)),
        Entry("squirrel-filtered", 2223, 46998, 2089, 5, "MIT", _YANDEX, filtered("squirrel", _SQUIRREL)),
        Entry("bat", 131, 1003, 81, 4, "MIT", "github.com/yueliu1999/KAN4Graph", _npz("bat", _BAT)),
        Entry(
            "wiki", 2405, 11596, 4973, 17, "none stated", "github.com/karenlatong/AGC-master", _npz("wiki", _WIKI)
        ),
        Entry("uai2010", 3067, 28308, 4973, 19, "MIT", _GRAPH_DATA, _npz("uai2010", _UAI)),
        Entry("blogcatalog", 5196, 171743, 8189, 6, "MIT", _GRAPH_DATA, _npz("blogcatalog", _BLOGS)),
        Entry(
            "facebook-pagepage", 22470, 170823, 4714, 4, "GPL-3.0", _MUSAE, _npz("facebook_pagepage", _FACEBOOK)
        ),
        Entry("twitch-de", 9498, 153138, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_de", _DE)),
        Entry("twitch-engb", 7126, 35324, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_engb", _ENGB)),
        Entry("twitch-es", 4648, 59382, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_es", _ES)),
        Entry("twitch-fr", 6549, 112666, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_fr", _FR)),
        Entry("twitch-ptbr", 1912, 31299, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_ptbr", _PTBR)),
        Entry("twitch-ru", 4385, 37304, 3170, 2, "GPL-3.0", _MUSAE, _npz("twitch_ru", _RU)),
        # Several relations; their edges are counted together.
        Entry("acm-multiplex", 3025, 1116996, 1870, 3, "none stated", _O2MAC, _multiplex("acm_han3025", _ACM_HAN)),
        Entry("acm-heco", 4019, 2194014, 1902, 3, "none stated", _HECO, _multiplex("acm_heco4019", _ACM_HECO)),
        Entry("dblp-heco", 4057, 2501747, 334, 4, "none stated", _HECO, _multiplex("dblp_heco4057", _DBLP_HECO)),
        # Its 13,477 communities overlap; it has no features and no classes.
        Entry("com-dblp", 317080, 1049866, 0, 0, "none stated", "snap.stanford.edu/data/com-DBLP.html", _COM_DBLP),
        *COLLECTIONS,
        *OGB,
    )
}

#!/usr/bin/env python3
# /// silversmith
# format = "silversmith.module/v0"
# bronze-run = "20260301_101500_#00c0ffee"
# as-of = "2026-03-01T10:15:00Z"
# author = "rules/1"
# tool = "silversmith/0.1.0"
# context-sha256 = "ea7792a26f405e2ae9c6f49ca93bbe6076ceac0a1fc53d83426c7d7f2d9377e4"
# report-sha256 = "845e91831319e89c4d656bdb80c278ac09a7230d61e5dfd2e1b1fbb436ac8917"
# contract-sha256 = "cc8321d6375c494d043fdd0260f21bc0ec51dacc9f6abb7f909cdcd3041b78bf"
# bronze-sha256 = "e040a61e1fc75678d090c176d35f7de9977a29b2a557cd74e23b62eea5ab16d3"
# plan-sha256 = "64879f7d6b960a01909762d911a32d4582c20010c5641ee90278b644a9e3b525"
# skeleton-sha256 = "2ac11a92104c4d7d1403c56587d239f7a46d17192a2f2a9d12fda14dfa806574"
# transforms-sha256 = "c762c37928caccdca4e2ca0a1ee928999d5422d5480bc802db79cc80eea479b8"
# ///
"""x"""

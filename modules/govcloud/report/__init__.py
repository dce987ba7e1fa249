"""Problems in the formats that other programs read: SARIF for forges and editors, JUnit for test reports."""

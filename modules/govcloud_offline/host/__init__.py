"""A Pulumi language host for Python: what the engine calls to run programs, policy packs and plugins.

The engine starts `pulumi-language-python <engine address>`, reads a port from the first line of its standard
output and speaks the LanguageRuntime protocol with it. Each operation starts two of them (one only to ask
About), so the host starts in a tenth of a second: nothing here imports `pulumi` itself.
"""

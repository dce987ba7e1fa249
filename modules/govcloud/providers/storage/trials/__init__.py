"""What a store can really do: each capability is one trial, judged by its effect and never by a status code.

Servers answer 200 to settings that they ignore, and some take a sub-resource that they do not know for the bucket
itself, so that deleting the one deletes the other. A trial works in a scratch bucket that holds an object, and tells
one of three things: it works, it does not, or it could not be tried. All are registered in :mod:`.catalogue`.
"""

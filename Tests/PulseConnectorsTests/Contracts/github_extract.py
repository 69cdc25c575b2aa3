#!/usr/bin/env python3
"""Reduces GitHub's public GraphQL schema to the types that Pulse's queries touch, with all their fields.

Usage: github_extract.py SCHEMA.graphql QUERY.graphql... > github-schema.txt

The queries only choose the types; a field that they ask for and the schema lacks stays an error of the test that reads
the extract. Needs graphql-core. One declaration a line:

    object NAME : INTERFACE...        then one line a field:  "  name(arg:Type=default,...):Type"
    interface NAME = POSSIBLE...      likewise
    input NAME                        then "  name:Type"
    enum NAME VALUE...
    scalar NAME
"""
import sys

from graphql import (
    TypeInfo, TypeInfoVisitor, Visitor, build_schema, get_named_type, is_enum_type, is_input_object_type,
    is_interface_type, is_object_type, is_scalar_type, is_union_type, parse, visit,
)


class Used(Visitor):
    def __init__(self, info):
        super().__init__()
        self.info, self.names = info, set()

    def enter(self, *_):
        for kind in (self.info.get_type(), self.info.get_parent_type(), self.info.get_input_type()):
            if kind is not None:
                self.names.add(get_named_type(kind).name)
        argument = self.info.get_argument()
        if argument is not None:
            self.names.add(get_named_type(argument.type).name)


def signature(name, field):
    arguments = ",".join(f"{key}:{value.type}" for key, value in field.args.items() if not value.deprecation_reason)
    return f"  {name}({arguments}):{field.type}" if arguments else f"  {name}:{field.type}"


def main():
    with open(sys.argv[1]) as file:
        schema = build_schema(file.read(), assume_valid=True)
    names = {schema.query_type.name}
    for path in sys.argv[2:]:
        with open(path) as file:
            document = parse(file.read())
        info = TypeInfo(schema)
        used = Used(info)
        visit(document, TypeInfoVisitor(info, used))
        names |= used.names
        for operation in document.definitions:
            for variable in getattr(operation, "variable_definitions", None) or ():
                kind = variable.type
                while hasattr(kind, "type"):
                    kind = kind.type
                names.add(kind.name.value)
    for name in list(names):
        kind = schema.type_map[name]
        if is_input_object_type(kind):
            names |= {get_named_type(field.type).name for field in kind.fields.values()}
    for name in sorted(names):
        kind = schema.type_map[name]
        if is_object_type(kind):
            print("object", name, ":", *sorted(interface.name for interface in kind.interfaces))
        elif is_interface_type(kind) or is_union_type(kind):
            print("interface", name, "=", *sorted(possible.name for possible in schema.get_possible_types(kind)))
        elif is_input_object_type(kind):
            print("input", name)
            for key, field in kind.fields.items():
                print(f"  {key}:{field.type}")
        elif is_enum_type(kind):
            print("enum", name, *kind.values)
        elif is_scalar_type(kind):
            print("scalar", name)
        if is_object_type(kind) or is_interface_type(kind):
            for key, field in kind.fields.items():
                if not field.deprecation_reason:
                    print(signature(key, field))


main()

let definitionBehaviours: [Behaviour] = []

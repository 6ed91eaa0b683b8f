# Sugar: the same words as dev.py, for those who have make.
.PHONY: setup run test check bench drill
setup run test check bench drill:
	python3 dev.py $@
